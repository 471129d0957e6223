PRAGMA application_id = 1346720326;
PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta(
  key TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES('created_at',1700000000000000);
INSERT INTO meta VALUES('deleted',1);
INSERT INTO meta VALUES('deleted_at',1700000000000000);
INSERT INTO meta VALUES('tor_run:default',2);
CREATE TABLE running(
  id TEXT PRIMARY KEY,
  started_at INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO running VALUES('01HF7YAWXR0000000000000003',1700000003000000,'{"schema":1,"id":"01HF7YAWXR0000000000000003","source":"op-test","experiment":"a","kind":"download","target":"direct","arm":"","guards":"default","outcome":"ok","error":null,"filesize":51200,"payload_bytes":0,"readbytes":0,"writebytes":0,"scheduled_at":1700000003000000,"started_at":1700000003000000,"marks":{"START":1700000003000000,"DATARESPONSE":1700000003300000,"DATACOMPLETE":1700000003900000},"mark_sources":{},"server":{},"server_sources":{},"socks_version":5,"socks_reply":null,"http_status":null,"optimistic":false,"resolved":"","endpoints":{"local":{},"proxy":{},"remote":{}},"tor":{"instance":"default","version":"","guard":"","stream":null,"circuits":[]},"perfd_version":""}');
CREATE TABLE measurements(
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  experiment TEXT NOT NULL,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  arm TEXT NOT NULL,
  instance TEXT NOT NULL,
  outcome TEXT NOT NULL,
  at INTEGER NOT NULL,
  scheduled_at INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  filesize INTEGER NOT NULL,
  ttfb_us INTEGER,
  ttlb_us INTEGER
) STRICT;
INSERT INTO measurements VALUES(1,'01HF7YATZ80000000000000001','op-test','a','download','direct','','default','ok',1700000001000000,1700000001000000,1700000001000000,1700000000000000,51200,300000,900000);
INSERT INTO measurements VALUES(2,'01HF7YAVYG0000000000000002','op-test','a','download','direct','','default','ok',1700000002000000,1700000002000000,1700000002000000,1700000000000000,51200,300000,900000);
CREATE TABLE records(
  seq INTEGER PRIMARY KEY,
  record TEXT NOT NULL
) STRICT;
INSERT INTO records VALUES(1,'{"schema":1,"id":"01HF7YATZ80000000000000001","source":"op-test","experiment":"a","kind":"download","target":"direct","arm":"","guards":"default","outcome":"ok","error":null,"filesize":51200,"payload_bytes":0,"readbytes":0,"writebytes":0,"scheduled_at":1700000001000000,"started_at":1700000001000000,"marks":{"START":1700000001000000,"DATARESPONSE":1700000001300000,"DATACOMPLETE":1700000001900000},"mark_sources":{},"server":{},"server_sources":{},"socks_version":5,"socks_reply":null,"http_status":null,"optimistic":false,"resolved":"","endpoints":{"local":{},"proxy":{},"remote":{}},"tor":{"instance":"default","version":"","guard":"","stream":null,"circuits":[]},"perfd_version":""}');
INSERT INTO records VALUES(2,'{"schema":1,"id":"01HF7YAVYG0000000000000002","source":"op-test","experiment":"a","kind":"download","target":"direct","arm":"","guards":"default","outcome":"ok","error":null,"filesize":51200,"payload_bytes":0,"readbytes":0,"writebytes":0,"scheduled_at":1700000002000000,"started_at":1700000002000000,"marks":{"START":1700000002000000,"DATARESPONSE":1700000002300000,"DATACOMPLETE":1700000002900000},"mark_sources":{},"server":{},"server_sources":{},"socks_version":5,"socks_reply":null,"http_status":null,"optimistic":false,"resolved":"","endpoints":{"local":{},"proxy":{},"remote":{}},"tor":{"instance":"default","version":"","guard":"","stream":null,"circuits":[]},"perfd_version":""}');
CREATE TABLE circuits(
  instance TEXT NOT NULL,
  tor_run INTEGER NOT NULL,
  id INTEGER NOT NULL,
  launched_at INTEGER NOT NULL,
  closed_at INTEGER,
  failed INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY(instance, tor_run, id)
) STRICT;
INSERT INTO circuits VALUES('default',1,1,1700000001000000,NULL,0,'GENERAL','{"id":1,"instance":"default","tor_run":1,"launched_at":1700000001000000,"failed":false,"purpose":"GENERAL","path":[{"fingerprint":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","nickname":"alice","extended_at":1700000001000000}],"states":[]}');
CREATE TABLE streams(
  instance TEXT NOT NULL,
  tor_run INTEGER NOT NULL,
  id INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  closed_at INTEGER,
  failed INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  socks_username TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY(instance, tor_run, id)
) STRICT;
INSERT INTO streams VALUES('default',1,1,1700000001000000,NULL,0,'','','{"id":1,"instance":"default","tor_run":1,"created_at":1700000001000000,"failed":false,"target":"example.com:80","bytes_read":0,"bytes_written":0,"attachments":[],"states":[]}');
CREATE TABLE raw_events(
  seq INTEGER PRIMARY KEY,
  instance TEXT NOT NULL,
  tor_run INTEGER NOT NULL,
  at INTEGER NOT NULL,
  line TEXT NOT NULL
) STRICT;
INSERT INTO raw_events VALUES(1,'default',1,1700000001000000,'650 CIRC 1 LAUNCHED');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('measurements',3);
CREATE INDEX measurements_at ON measurements(at);
CREATE INDEX measurements_experiment ON measurements(experiment);
CREATE INDEX circuits_launched_at ON circuits(launched_at);
CREATE INDEX streams_created_at ON streams(created_at);
CREATE INDEX raw_events_at ON raw_events(at);
COMMIT;
