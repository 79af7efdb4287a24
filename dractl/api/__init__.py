"""Between the wire and the model: versions, decoding, encoding, the snapshot."""
