"""How the site is used and where knowledge is missing, for everyone to see."""
