"""What runs inside a render process. Nothing here is imported by the parent, except by tests."""
