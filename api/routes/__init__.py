"""The operations, and the only definition of them: thin routes over the domain's services."""
