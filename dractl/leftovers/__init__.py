"""What nobody needs any more: `cleanup`."""
