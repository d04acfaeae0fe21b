DROP INDEX rescuestream.guest_links_of_label;
DROP INDEX rescuestream.guest_links_open;
DROP INDEX rescuestream.incidents_of_reference;
DROP INDEX rescuestream.incidents_of_name;
DROP INDEX rescuestream.incidents_open;
