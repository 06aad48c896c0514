"""Who can help: what people say they can do, what they have shown, and who wants to learn."""
