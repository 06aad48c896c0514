"""Import of other systems' content from JSON lines: people, questions, answers, comments, experiences, documents."""
