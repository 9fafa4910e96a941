"""Who may act for a case and who may see it: roles, seats, mandates, separations, today and on a day gone by."""
