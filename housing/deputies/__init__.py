"""Absences and who stands in for whom: periods, pools of deputies, acting on behalf, hand-back."""
