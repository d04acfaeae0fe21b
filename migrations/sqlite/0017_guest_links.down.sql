DROP TABLE guest_entries;
DROP TABLE guest_links;
