"""What a night costs: catalogs of any size, nights in processes of their own, and a cost model (`shopglot bench`)."""
