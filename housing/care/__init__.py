"""Care: signals become cases, cases get visits, visits get actions; each month is accounted for."""
