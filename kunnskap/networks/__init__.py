"""Inter-municipal networks, their places and their people."""
