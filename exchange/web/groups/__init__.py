"""Who acts together: communities and what they stand by, clusters, their collections, consultations and campaigns."""
