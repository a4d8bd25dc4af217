"""Moving out: notice, exit handover, disputes, settlement and the refund of the deposit."""
