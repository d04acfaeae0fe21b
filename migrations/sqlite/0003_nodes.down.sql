DROP TABLE node_leases;
DROP TABLE nodes;
