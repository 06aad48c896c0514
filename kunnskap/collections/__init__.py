"""Lists of resources that coordinators curate, and what networks pin up."""
