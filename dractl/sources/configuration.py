"""Files that say how Kubernetes is configured: documents, or saved metrics."""

from pathlib import Path

from dractl.api.component_metrics import (
    ComponentMetrics,
    are_metrics,
    component_metrics,
)
from dractl.sources.documents import Loaded
from dractl.sources.files import (
    STANDARD_INPUT,
    is_folder,
    load_documents,
    load_manifest,
    required,
)
from dractl.sources.text import read_text


def load_configuration(path: str) -> Loaded | ComponentMetrics:
    """Read the documents of a path, as `load_documents`, or a component's metrics.

    Raises DractlError where nothing can be read. In a folder, only documents are.
    """
    is_stream = path == STANDARD_INPUT
    if not is_stream and is_folder(Path(path)):
        return load_documents(path)
    text, is_json = load_manifest(path)
    named = "stdin" if is_stream else path
    if are_metrics(text):
        return component_metrics((line.encode() for line in text.split("\n")), named)
    return required(read_text(text, named, is_json=is_json), named)
