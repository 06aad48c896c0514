"""What other programs may ask, answered in JSON; each version under an address of its own."""
