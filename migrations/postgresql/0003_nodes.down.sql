DROP TRIGGER nodes_tell ON rescuestream.nodes;
DROP TRIGGER cutoffs_tell ON rescuestream.cutoffs;
DROP FUNCTION rescuestream.tell_others();
DROP TABLE rescuestream.node_leases;
DROP TABLE rescuestream.nodes;
