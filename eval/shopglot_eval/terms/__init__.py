"""What the terminology report is made of: its texts, its random control, its journal and its scores."""
