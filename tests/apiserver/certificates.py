"""Certificates for a server with TLS, made with the openssl program."""

import shutil
import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

needs_openssl: Final = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl is not here"
)
_KEY: Final = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


class Certificates:
    """An authority in a folder, with a certificate for the loopback address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.authority = folder / "authority.pem"
        usage = "keyUsage=critical,keyCertSign,cRLSign"
        self._make("authority", "/CN=double authority", ["-addext", usage])
        self._signed("server", "/CN=double", "subjectAltName=IP:127.0.0.1")

    def client(self, name: str) -> tuple[Path, Path]:
        """Make a certificate for a user; return it and its key."""
        self._signed(name, f"/CN={name}", "extendedKeyUsage=clientAuth")
        return self._folder / f"{name}.pem", self._folder / f"{name}.key"

    def context(self) -> ssl.SSLContext:
        """Return what the server needs; certificates of clients are optional."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(
            self._folder / "server.pem", self._folder / "server.key"
        )
        context.load_verify_locations(self.authority)
        context.verify_mode = ssl.CERT_OPTIONAL
        return context

    def _signed(self, name: str, subject: str, extension: str) -> None:
        signer = ["-CA", str(self.authority), "-CAkey"]
        signer.append(str(self._folder / "authority.key"))
        leaf = ["-addext", "basicConstraints=critical,CA:FALSE", "-addext", extension]
        self._make(name, subject, [*signer, *leaf])

    def _make(self, name: str, subject: str, options: Sequence[str]) -> None:
        place = self._folder / name
        files = ["-keyout", f"{place}.key", "-out", f"{place}.pem", "-subj", subject]
        command = ["openssl", "req", "-x509", *_KEY, *files, *options]
        subprocess.run(command, check=True, timeout=60, capture_output=True)
