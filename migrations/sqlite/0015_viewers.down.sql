DROP TABLE viewers;
