"""What several origins say of one thing, merged field by field. Pure; see docs/metadata.md."""
