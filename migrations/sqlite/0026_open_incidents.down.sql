DROP INDEX guest_links_of_label;
DROP INDEX guest_links_open;
DROP INDEX incidents_of_reference;
DROP INDEX incidents_of_name;
DROP INDEX incidents_open;
