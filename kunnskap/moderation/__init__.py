"""Reports, decisions and appeals: keeping the talk good, and telling why."""
