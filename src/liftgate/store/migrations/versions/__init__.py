"""Steps from one schema to the next, in order. A step is written once and never changed after a release."""
