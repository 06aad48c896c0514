"""Search: one protocol, interchangeable engines, one Norwegian analysis. Nobody below knows this room."""
