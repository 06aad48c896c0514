"""Our own Norwegian analysis: from text to the terms every engine keeps and looks for. No engine in it, no database."""
