# Written by `liftgate deploy terraform` from the catalogue: change that, or the options, and run it again.
# What is not in the catalogue.

variable "external_id_444455556666" {
  type        = string
  description = "By which the broker assumes roles of account 444455556666: as external_id in Liftgate's settings."
  sensitive   = true
}
