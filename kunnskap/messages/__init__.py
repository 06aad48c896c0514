"""Writing to a person through the site, and agreeing on a talk."""
