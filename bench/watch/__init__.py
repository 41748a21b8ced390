"""Figures of the IAM engine by itself."""
