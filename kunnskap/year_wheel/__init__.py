"""What comes back every year: deadlines, budget, plans and reports."""
