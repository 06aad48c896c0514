"""What coordinators, moderators and administrators look after: people, domains, the audit log."""
