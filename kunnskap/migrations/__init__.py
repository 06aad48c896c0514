"""Changes of the database's shape, in order; `flask --app app migrate` carries out those that are missing."""
