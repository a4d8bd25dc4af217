"""What a case keeps: handed-in forms, drafts, parties."""
