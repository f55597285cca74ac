pragma application_id = 1953655152;
pragma user_version = 4;
BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'personal','m001_first','2026-11-29 19:10:18.783786+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'personal','m002_later','2026-11-29 19:10:18.784208+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'personal','m003_later','2026-11-29 19:10:18.788380+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'personal','m004_later','2026-11-29 19:10:18.788881+00:00');
CREATE TABLE draft (key text primary key, body text not null, at integer not null) without rowid;
INSERT INTO "draft" VALUES('opinion:old1@example.org ','{"reason": "half typed"}',1795979419);
CREATE TABLE event (id integer primary key, at integer not null, message_id text not null, what text not null);
CREATE TABLE journal (id integer primary key, at integer not null, what text not null, before text not null, after text not null, undone integer not null default 0);
INSERT INTO "journal" VALUES(1,1795979419,'done, widget: name it','{"old2@example.org": null}','{"old2@example.org": ["done", 1772528400, "f66c0ffc33729548b7364ad3222e76d638bdb405e79ef9374e48a983325babfe", null, 1795979419]}',0);
CREATE TABLE place (key text primary key, value text not null) without rowid;
INSERT INTO "place" VALUES('view','New');
CREATE TABLE revealed (question text primary key, at integer not null) without rowid;
CREATE TABLE state (message_id text primary key, state text not null, activity integer not null, fingerprint text not null,
       until integer, at integer not null) without rowid;
INSERT INTO "state" VALUES('old2@example.org','done',1772528400,'f66c0ffc33729548b7364ad3222e76d638bdb405e79ef9374e48a983325babfe',NULL,1795979419);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX event_message on event(message_id);
COMMIT;
