"""Rules: what of all that was judged is a finding, how bad it is, and what is to be done about it.

``rulebook`` applies them, ``load`` reads them from files, ``shipped/`` holds those that come with Liftgate.
"""
