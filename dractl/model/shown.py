"""Text of strangers, made fit to be looked at."""


def visible(text: str) -> str:
    r"""Return the text with what a terminal would obey or hide spelled out (`\x1b`).

    Names and messages come from a cluster: control characters, escape sequences, line
    breaks and marks that turn the reading direction must not reach a reader.
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
