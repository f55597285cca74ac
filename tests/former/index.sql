pragma application_id = 1953655137;
pragma user_version = 6;
BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'index','m001_first','2026-11-29 09:31:05.854441+00:00');
CREATE TABLE archive (id integer primary key, list integer not null references list(id), kind text not null, path text not null,
       unique (list, path));
INSERT INTO "archive" VALUES(1,1,'mbox','mails.mbox');
CREATE TABLE carried (series integer not null references series(id), n integer not null,
       message integer not null references message(id), primary key (series, n)) without rowid;
CREATE TABLE correction (position integer primary key, record text not null, kind text not null);
CREATE TABLE correction_mail (correction integer not null references correction(position), position integer not null,
       message_id text not null, target text not null, primary key (correction, position)) without rowid;
CREATE TABLE dirty (thread integer primary key);
CREATE TABLE entry (id integer primary key, archive integer not null references archive(id), unit text not null,
       locator text not null, blob text not null, outcome text not null, message integer references message(id), reason text);
INSERT INTO "entry" VALUES(1,1,'mails.mbox','0+480','a502ef988e9a777eda28c7a5001f51a3325d76cc','parsed',1,NULL);
INSERT INTO "entry" VALUES(2,1,'mails.mbox','480+392','479873cf0d6a8e17b91d2383b5759c5028282229','parsed',2,NULL);
INSERT INTO "entry" VALUES(3,1,'mails.mbox','872+397','f06161f6c8f11e9118a078eaafd57dcb872390bb','parsed',3,NULL);
INSERT INTO "entry" VALUES(4,1,'mails.mbox','1269+385','b60a5eb9704291078f3665e82b5739313abd446a','parsed',4,NULL);
INSERT INTO "entry" VALUES(5,1,'mails.mbox','1654+228','9b5bb7621ddd4594e9c5a68483575a6a22369043','parsed',5,NULL);
INSERT INTO "entry" VALUES(6,1,'mails.mbox','1882+461','5918907391cbbf8c458179f9bdb8fbebc08cc5b2','parsed',6,NULL);
INSERT INTO "entry" VALUES(7,1,'mails.mbox','2343+409','02e037443f42bfbfa1b311cc2d262f535217d715','parsed',7,NULL);
INSERT INTO "entry" VALUES(8,1,'mails.mbox','2752+258','b4e4902b1c4bfaca05bef0e425f1f04d6aca0f72','parsed',8,NULL);
CREATE TABLE finding (id text not null, series integer not null references series(id), message text not null, target text not null,
       code text not null, name text not null, severity text not null, rule text not null, pack text not null, n integer,
       region text not null, line integer, quote text not null, says text not null, misses text not null, source text not null,
       question text not null, cured text not null default '', basis text not null, exception text not null default '',
       demand text not null, status text not null,
       agree integer not null default 0, disagree integer not null default 0, unsure integer not null default 0,
       position integer not null, primary key (series, position));
INSERT INTO "finding" VALUES('575fb28ca731fe2d',1,'via@example.org','f72737054dd8a0e5db9efe58fc2888f7a660540dc81cda9e24fcf6874924f568','DCO004','author-not-in-signoffs','error','author','linux-kernel',NULL,'message',5,'Signed-off-by: Ada Example <ada@example.org>','No sign-off is that of the author, Ada Example via widgets <widgets@lists.example.org>.','One person with two names and two addresses looks like two people.','Documentation/process/submitting-patches.rst, Sign your work - the Developer''s Certificate of Origin','Is the author''s own sign-off missing?','','5854145b30652b53179a683510936c8b1c3e50eff4d4c310838ae99f5293070c','','','dismissed',0,0,0,0);
INSERT INTO "finding" VALUES('9c0fc1203e13c5f2',2,'latin@example.org','95197fb4eab28ff398a8692b5fa69ffcfbbf071a02482c398445e13337278c30','DCO001','missing-signoff','error','sob','linux-kernel',NULL,'message',1,'Zo� says that it is off by one.','Ada Example gave no Signed-off-by on this patch.','A sign-off in a reply or an attachment that was not read; a patch never meant to be applied.','Documentation/process/submitting-patches.rst, Sign your work - the Developer''s Certificate of Origin','Is the sign-off missing?','','2058de78d10c9b5c49cd6e1efe2466898f140854d0dbc54214647c77a0f0f9c6','','','confirmed',0,0,0,0);
INSERT INTO "finding" VALUES('16be08322f5a9acf',3,'nested@example.org','2836327e02c302dae14de80a4b18fc8f17f68e2ff39c848e390b78a7bb467391','DCO001','missing-signoff','error','sob','linux-kernel',NULL,'message',1,'It is off by one.','Ada Example gave no Signed-off-by on this patch.','A sign-off in a reply or an attachment that was not read; a patch never meant to be applied.','Documentation/process/submitting-patches.rst, Sign your work - the Developer''s Certificate of Origin','Is the sign-off missing?','','2058de78d10c9b5c49cd6e1efe2466898f140854d0dbc54214647c77a0f0f9c6','','','waived',0,0,0,0);
INSERT INTO "finding" VALUES('8ddef6a5f9c16399',4,'sketch@example.org','fff9286394924bb2c898383a49a142044a7b6e75405e123e6943b7dcf634097a','DCO001','missing-signoff','error','sob','linux-kernel',NULL,'message',1,'Could it be this?','Ada Example gave no Signed-off-by on this patch.','A sign-off in a reply or an attachment that was not read; a patch never meant to be applied.','Documentation/process/submitting-patches.rst, Sign your work - the Developer''s Certificate of Origin','Is the sign-off missing?','','2058de78d10c9b5c49cd6e1efe2466898f140854d0dbc54214647c77a0f0f9c6','','','dismissed',0,0,0,0);
INSERT INTO "finding" VALUES('b49f545c087ae452',5,'again-2@example.org','58be6d9007e796824ce4841cba3076fc0d87b99e82d51711f3553a82f4491312','DCO001','missing-signoff','error','sob','linux-kernel',2,'message',1,'Six.','Ada Example gave no Signed-off-by on this patch.','A sign-off in a reply or an attachment that was not read; a patch never meant to be applied.','Documentation/process/submitting-patches.rst, Sign your work - the Developer''s Certificate of Origin','Is the sign-off missing?','','2058de78d10c9b5c49cd6e1efe2466898f140854d0dbc54214647c77a0f0f9c6','','','confirmed',0,0,0,0);
CREATE TABLE heir (series integer primary key);
CREATE TABLE link (series integer not null references series(id), target text not null, kind text not null, evidence text not null);
INSERT INTO "link" VALUES(6,'again-0@example.org','subject-author','lib five and six');
CREATE TABLE list (id integer primary key, name text not null unique, policy text not null, url text not null default '');
INSERT INTO "list" VALUES(1,'widgets','linux-kernel','');
CREATE TABLE log_tip (ref text primary key, tip text not null) without rowid;
INSERT INTO "log_tip" VALUES('refs/opinions/bo-example-org-bcab8abd/log','454fb7c590e7902977f15f19154b60ef7b40db91');
CREATE TABLE message (id integer primary key, message_id text not null, blob text not null unique, content text not null,
       target text not null, kind text not null, subject text not null, tags text not null, author_name text not null,
       author_email text not null, sender_name text not null, sender_email text not null, recipients text not null,
       date integer, archived integer not null, posted integer not null, parents text not null, trailers text not null,
       files text not null, evidence text not null, patch_id text, change_id text, supersedes text not null, cut text, last text,
       mailer text not null, notes text not null, version integer not null, n integer, total integer, loose integer not null,
       pull text not null, obsoleted_by text not null, title_key text not null, claims text not null, hidden text not null,
       carry text not null,
       thread integer not null, series integer references series(id), gone text not null default '');
INSERT INTO "message" VALUES(1,'via@example.org','a502ef988e9a777eda28c7a5001f51a3325d76cc','0b1c5574218f43690f1e12bdab264c6a34043cb6eb55c410c3040fe7b3def33e','f72737054dd8a0e5db9efe58fc2888f7a660540dc81cda9e24fcf6874924f568','patch','[PATCH] lib: one','["lib: one",[],1,0,null,null,0,1,0,0,0,0]','Ada Example via widgets','widgets@lists.example.org','Ada Example','ada@example.org','widgets@lists.example.org',1764576060,0,1764576060,'','[["Signed-off-by","Ada Example <ada@example.org>",5,"message",true,"Signed-off-by: Ada Example <ada@example.org>"]]','[["lib/one.c","modified",1,1,""]]','[]','e9c9b1e30874e5e0aba8c890ea39afae02534c27',NULL,'','[6,"---"]','[5,"Signed-off-by: Ada Example <ada@example.org>"]','','',1,NULL,NULL,0,'','','lib one','[]','[]','9dc8267d2eb8c4a4d7e378015cd4649188a99216a59a7e18dfe7a02f993dc922',1,1,'');
INSERT INTO "message" VALUES(2,'latin@example.org','479873cf0d6a8e17b91d2383b5759c5028282229','410aea6bbae25bf8444b00e86d65d17aeeab1246df76c72d5f7dc96b73ec0fb2','95197fb4eab28ff398a8692b5fa69ffcfbbf071a02482c398445e13337278c30','patch','[PATCH] lib: two','["lib: two",[],1,0,null,null,0,1,0,0,0,0]','Ada Example','ada@example.org','Ada Example','ada@example.org','widgets@lists.example.org',1764576120,0,1764576120,'','[]','[["lib/two.c","modified",1,1,""]]','[]','33a7619386be743b2d8086ebcf0afbb58a260546',NULL,'','[3,"---"]','[1,"Zo� says that it is off by one."]','','charset-undecodable',1,NULL,NULL,0,'','','lib two','[]','[]','d9f5968a97e827fba2a25218fc2aa43d2056ac2abf5b4eb3983d1c97f1210fb8',2,2,'');
INSERT INTO "message" VALUES(3,'nested@example.org','f06161f6c8f11e9118a078eaafd57dcb872390bb','844f557f37bdf4796fdebd19725c019285081c780c3376a885c963752f3fb51f','2836327e02c302dae14de80a4b18fc8f17f68e2ff39c848e390b78a7bb467391','patch','[[PATCH] 1/1] lib: three','["[[PATCH] 1/1] lib: three",[],1,0,null,null,0,0,0,0,0,0]','Ada Example','ada@example.org','Ada Example','ada@example.org','widgets@lists.example.org',1764576180,0,1764576180,'','[]','[["lib/three.c","modified",1,1,""]]','[]','86310f183625de1c7534fff4629c5fb133576bca',NULL,'','[3,"---"]','[1,"It is off by one."]','','',1,NULL,NULL,0,'','','patch 1 1 lib three','[]','[]','c1a0769d5e34a019609c61a19ba7002fe62863ef5fb5419e323af978c7c045b4',3,3,'');
INSERT INTO "message" VALUES(4,'sketch@example.org','b60a5eb9704291078f3665e82b5739313abd446a','f7ed42ef510819adb809903a2338f4a6696e783526a0faedd28204ce12cb846f','fff9286394924bb2c898383a49a142044a7b6e75405e123e6943b7dcf634097a','patch','the sum is wrong','["the sum is wrong",[],1,0,null,null,0,0,0,0,0,0]','Ada Example','ada@example.org','Ada Example','ada@example.org','widgets@lists.example.org',1764576240,0,1764576240,'','[]','[["lib/four.c","modified",1,1,""]]','[]','a69a88d5323549ad86992c806817a686b4dcbd01',NULL,'','[3,"---"]','[1,"Could it be this?"]','','',1,NULL,NULL,0,'','','the sum is wrong','[]','[]','befe4eaef653edaa7e3dc3349fcd09e803a8c2550107aaf665d2798da3969f62',4,4,'');
INSERT INTO "message" VALUES(5,'again-0@example.org','9b5bb7621ddd4594e9c5a68483575a6a22369043','af12fb80a5cfd06559bc2389abb69932bd4226743d293e53b844cc7b4e4c99f7','4ad1260b64279d43041c6ffcc3f163e15a231c2aab96af89e2d5d28577e6c5ab','cover','[PATCH v2 0/2] lib: five and six','["lib: five and six",[],2,0,0,2,1,1,0,0,0,0]','Ada Example','ada@example.org','Ada Example','ada@example.org','widgets@lists.example.org',1764576300,0,1764576300,'','[]','[]','[]',NULL,NULL,'',NULL,'[1,"Hello."]','','',2,0,2,1,'','','lib five and six','[]','[]','',5,5,'');
INSERT INTO "message" VALUES(6,'again-1@example.org','5918907391cbbf8c458179f9bdb8fbebc08cc5b2','6ae3900bcd88fb2440778726f808ba3cfca9ddbb9e79f3b1feafc8ccd629f94a','05bbadf88fe8d9e87a31d7c2f2886bcc611789470a10f194cdb9e8eef0946cce','patch','[PATCH v2 1/2] lib: five','["lib: five",[],2,0,1,2,1,1,0,0,0,0]','Ada Example','ada@example.org','Ada Example','ada@example.org','widgets@lists.example.org',1764576360,0,1764576360,'again-0@example.org','[["Signed-off-by","Ada Example <ada@example.org>",3,"message",true,"Signed-off-by: Ada Example <ada@example.org>"]]','[["lib/five.c","modified",1,1,""]]','[]','4cfeea3cf0ebe84e1d63a1a41a426312a7dcd4c1',NULL,'','[4,"---"]','[3,"Signed-off-by: Ada Example <ada@example.org>"]','','',2,1,2,0,'','','lib five','[]','[]','21bf0b002a3b0dd6ded9109fa027ad33eddd0ef992bd0474785f25cd9fb3fd50',5,5,'');
INSERT INTO "message" VALUES(7,'again-2@example.org','02e037443f42bfbfa1b311cc2d262f535217d715','ac86306e03ff0bedc470a19eb09db4f066b55c5ca4f321f651ef033673b2a870','58be6d9007e796824ce4841cba3076fc0d87b99e82d51711f3553a82f4491312','patch','[PATCH v2 2/2] lib: six','["lib: six",[],2,0,2,2,1,1,0,0,0,0]','Ada Example','ada@example.org','Ada Example','ada@example.org','widgets@lists.example.org',1764576420,0,1764576420,'again-0@example.org','[]','[["lib/six.c","modified",1,1,""]]','[]','a7acad802ce4c9acc0c4d15a2cba221437c6ef98',NULL,'','[3,"---"]','[1,"Six."]','','',2,2,2,0,'','','lib six','[]','[]','f48f92f150ca4c8ae981376dab044ea06f57eee2478c968a1bbf6beb189ca1d4',5,5,'');
INSERT INTO "message" VALUES(8,'again-00@example.org','b4e4902b1c4bfaca05bef0e425f1f04d6aca0f72','b6a13b69fb6e1c885e0362acf21024f368735d1fed6d8177204682f2060e1ca0','325a1d2fa547bdc2f8001d5fd24ad08f3005162edc6a050c3d32e06181cba5e9','cover','[PATCH v2 0/2] lib: five and six','["lib: five and six",[],2,0,0,2,1,1,0,0,0,0]','Ada Example','ada@example.org','Ada Example','ada@example.org','widgets@lists.example.org',1764576480,0,1764576480,'','[]','[]','[]',NULL,NULL,'',NULL,'[1,"The cover again, I forgot the list."]','','',2,0,2,1,'','','lib five and six','[]','[]','',6,6,'');
CREATE TABLE message_list (message integer not null references message(id), list integer not null references list(id),
       primary key (message, list)) without rowid;
INSERT INTO "message_list" VALUES(1,1);
INSERT INTO "message_list" VALUES(2,1);
INSERT INTO "message_list" VALUES(3,1);
INSERT INTO "message_list" VALUES(4,1);
INSERT INTO "message_list" VALUES(5,1);
INSERT INTO "message_list" VALUES(6,1);
INSERT INTO "message_list" VALUES(7,1);
INSERT INTO "message_list" VALUES(8,1);
CREATE TABLE meta (key text primary key, value text not null) without rowid;
INSERT INTO "meta" VALUES('derived','5');
INSERT INTO "meta" VALUES('pack:1','28e039c324f0a7b8602caad04f32b089312775eaea405e589485676b251ad3d1');
CREATE TABLE opinion (id text not null, commit_id text not null, reviewer_name text not null, reviewer_email text not null,
       kind text not null, target text not null, target_message text not null, series text not null, finding text not null,
       reason text not null, time text not null, signed text not null, replaces text not null, slot text not null,
       fields text not null, patch_id text not null, trouble text not null, log text not null, seq integer not null,
       primary key (log, commit_id)) without rowid;
INSERT INTO "opinion" VALUES('20261129093134.4b01d73f4a787cbdc8ef@opinion.invalid','047fc3cc249e770792676fcd0f4b613f2533a333','Bo Sample','bo@example.org','agree','efecbb8bc23027b098b56a4c6327e4b9cfb3a10afadf156b6081f25cf695955c','again-0@example.org','efecbb8bc23027b098b56a4c6327e4b9cfb3a10afadf156b6081f25cf695955c','','Fine.','2026-11-29T09:31:34Z','unsigned','','opinion','{"Reviewer": "bo@example.org", "Time": "2026-11-29T09:31:34Z", "Previous": "233399dcb103d9170b2971e99cd12c3852084c3a", "Finding": "none", "Series-Fingerprint": "sha256:efecbb8bc23027b098b56a4c6327e4b9cfb3a10afadf156b6081f25cf695955c", "Series": "v2 0/2", "Target-Carry": "sha256:99fed09b95269f47df9419a3d067f73c0c395afe176f2976403f3632276e7d20", "Target-Patch-Id": "none", "Target-Content": "sha256:efecbb8bc23027b098b56a4c6327e4b9cfb3a10afadf156b6081f25cf695955c", "Target-Blob": "9b5bb7621ddd4594e9c5a68483575a6a22369043", "Target-Message": "again-0@example.org", "Verdict": "agree", "Opinion": "1"}','','','refs/opinions/bo-example-org-bcab8abd/log',6);
INSERT INTO "opinion" VALUES('20261129093134.318f2053b45e955396cd@opinion.invalid','233399dcb103d9170b2971e99cd12c3852084c3a','Bo Sample','bo@example.org','confirm','58be6d9007e796824ce4841cba3076fc0d87b99e82d51711f3553a82f4491312','again-2@example.org','efecbb8bc23027b098b56a4c6327e4b9cfb3a10afadf156b6081f25cf695955c','b49f545c087ae452 DCO001 linux-kernel/sob@28e039c324f0','','2026-11-29T09:31:34Z','unsigned','','decision','{"Reviewer": "bo@example.org", "Time": "2026-11-29T09:31:34Z", "Previous": "a71ab21b50d1a576273275cea5f27d06d2327a56", "Finding": "b49f545c087ae452 DCO001 linux-kernel/sob@28e039c324f0", "Series-Fingerprint": "sha256:efecbb8bc23027b098b56a4c6327e4b9cfb3a10afadf156b6081f25cf695955c", "Series": "v2 2/2", "Target-Carry": "sha256:f48f92f150ca4c8ae981376dab044ea06f57eee2478c968a1bbf6beb189ca1d4", "Target-Patch-Id": "a7acad802ce4c9acc0c4d15a2cba221437c6ef98", "Target-Content": "sha256:58be6d9007e796824ce4841cba3076fc0d87b99e82d51711f3553a82f4491312", "Target-Blob": "02e037443f42bfbfa1b311cc2d262f535217d715", "Target-Message": "again-2@example.org", "Verdict": "confirm", "Opinion": "1"}','a7acad802ce4c9acc0c4d15a2cba221437c6ef98','','refs/opinions/bo-example-org-bcab8abd/log',5);
INSERT INTO "opinion" VALUES('20261129093135.7ea02786e0a077feda01@opinion.invalid','454fb7c590e7902977f15f19154b60ef7b40db91','Bo Sample','bo@example.org','agree','d613e2dc2e11a3b84053e196e3d4f73315139b7069eb477b33ea5c984f6e4f43','latin@example.org','d613e2dc2e11a3b84053e196e3d4f73315139b7069eb477b33ea5c984f6e4f43','','','2026-11-29T09:31:35Z','unsigned','','opinion','{"Reviewer": "bo@example.org", "Time": "2026-11-29T09:31:35Z", "Previous": "047fc3cc249e770792676fcd0f4b613f2533a333", "Finding": "none", "Series-Fingerprint": "sha256:d613e2dc2e11a3b84053e196e3d4f73315139b7069eb477b33ea5c984f6e4f43", "Series": "v1 0/1", "Target-Carry": "sha256:46845b0db84e9c87423da667861b29bee507d6d6a3256de9f7a1b09c478aba36", "Target-Patch-Id": "none", "Target-Content": "sha256:d613e2dc2e11a3b84053e196e3d4f73315139b7069eb477b33ea5c984f6e4f43", "Target-Blob": "479873cf0d6a8e17b91d2383b5759c5028282229", "Target-Message": "latin@example.org", "Verdict": "agree", "Opinion": "1"}','','','refs/opinions/bo-example-org-bcab8abd/log',7);
INSERT INTO "opinion" VALUES('20261129093133.ba9b3e3dc617c1ad8fff@opinion.invalid','92e8c7e21d481fd05095cf3ddd16556b5eb9c464','Bo Sample','bo@example.org','confirm','95197fb4eab28ff398a8692b5fa69ffcfbbf071a02482c398445e13337278c30','latin@example.org','d613e2dc2e11a3b84053e196e3d4f73315139b7069eb477b33ea5c984f6e4f43','9c0fc1203e13c5f2 DCO001 linux-kernel/sob@28e039c324f0','','2026-11-29T09:31:33Z','unsigned','','decision','{"Reviewer": "bo@example.org", "Time": "2026-11-29T09:31:33Z", "Previous": "9e5de0016bf2c0d6d28e21b5009685e858f001a9", "Finding": "9c0fc1203e13c5f2 DCO001 linux-kernel/sob@28e039c324f0", "Series-Fingerprint": "sha256:d613e2dc2e11a3b84053e196e3d4f73315139b7069eb477b33ea5c984f6e4f43", "Series": "v1 1/1", "Target-Carry": "sha256:d9f5968a97e827fba2a25218fc2aa43d2056ac2abf5b4eb3983d1c97f1210fb8", "Target-Patch-Id": "33a7619386be743b2d8086ebcf0afbb58a260546", "Target-Content": "sha256:95197fb4eab28ff398a8692b5fa69ffcfbbf071a02482c398445e13337278c30", "Target-Blob": "479873cf0d6a8e17b91d2383b5759c5028282229", "Target-Message": "latin@example.org", "Verdict": "confirm", "Opinion": "1"}','33a7619386be743b2d8086ebcf0afbb58a260546','','refs/opinions/bo-example-org-bcab8abd/log',2);
INSERT INTO "opinion" VALUES('20261129093133.a79bc7338a6872f04012@opinion.invalid','9e5de0016bf2c0d6d28e21b5009685e858f001a9','Bo Sample','bo@example.org','dismiss','f72737054dd8a0e5db9efe58fc2888f7a660540dc81cda9e24fcf6874924f568','via@example.org','ad94877bc2fee7eb423273e15eb057e57d0f237420aac9ec7101ba201af046f7','575fb28ca731fe2d DCO004 linux-kernel/author@28e039c324f0','The list rewrote her name.','2026-11-29T09:31:33Z','unsigned','','decision','{"Reviewer": "bo@example.org", "Time": "2026-11-29T09:31:33Z", "Previous": "0", "Finding": "575fb28ca731fe2d DCO004 linux-kernel/author@28e039c324f0", "Series-Fingerprint": "sha256:ad94877bc2fee7eb423273e15eb057e57d0f237420aac9ec7101ba201af046f7", "Series": "v1 1/1", "Target-Carry": "sha256:9dc8267d2eb8c4a4d7e378015cd4649188a99216a59a7e18dfe7a02f993dc922", "Target-Patch-Id": "e9c9b1e30874e5e0aba8c890ea39afae02534c27", "Target-Content": "sha256:f72737054dd8a0e5db9efe58fc2888f7a660540dc81cda9e24fcf6874924f568", "Target-Blob": "a502ef988e9a777eda28c7a5001f51a3325d76cc", "Target-Message": "via@example.org", "Verdict": "dismiss", "Opinion": "1"}','e9c9b1e30874e5e0aba8c890ea39afae02534c27','','refs/opinions/bo-example-org-bcab8abd/log',1);
INSERT INTO "opinion" VALUES('20261129093134.4075f864b58e4c60aaf6@opinion.invalid','a71ab21b50d1a576273275cea5f27d06d2327a56','Bo Sample','bo@example.org','dismiss','fff9286394924bb2c898383a49a142044a7b6e75405e123e6943b7dcf634097a','sketch@example.org','4bccf51f04043fe79f2c8167197d3178f8f6a62cdafec11d1482a1816d0ec13b','8ddef6a5f9c16399 DCO001 linux-kernel/sob@28e039c324f0','Only a sketch.','2026-11-29T09:31:34Z','unsigned','','decision','{"Reviewer": "bo@example.org", "Time": "2026-11-29T09:31:34Z", "Previous": "c1950c8a4cb8012cad89a8f90522cb9c9f6a8a98", "Finding": "8ddef6a5f9c16399 DCO001 linux-kernel/sob@28e039c324f0", "Series-Fingerprint": "sha256:4bccf51f04043fe79f2c8167197d3178f8f6a62cdafec11d1482a1816d0ec13b", "Series": "v1 1/1", "Target-Carry": "sha256:befe4eaef653edaa7e3dc3349fcd09e803a8c2550107aaf665d2798da3969f62", "Target-Patch-Id": "a69a88d5323549ad86992c806817a686b4dcbd01", "Target-Content": "sha256:fff9286394924bb2c898383a49a142044a7b6e75405e123e6943b7dcf634097a", "Target-Blob": "b60a5eb9704291078f3665e82b5739313abd446a", "Target-Message": "sketch@example.org", "Verdict": "dismiss", "Opinion": "1"}','a69a88d5323549ad86992c806817a686b4dcbd01','','refs/opinions/bo-example-org-bcab8abd/log',4);
INSERT INTO "opinion" VALUES('20261129093133.06ab9bf744f45405a8e1@opinion.invalid','c1950c8a4cb8012cad89a8f90522cb9c9f6a8a98','Bo Sample','bo@example.org','waive','2836327e02c302dae14de80a4b18fc8f17f68e2ff39c848e390b78a7bb467391','nested@example.org','6596ba1b4a57b3f5e903ee793646254f9dd1ffcf8c4178cf569444cc1daa6112','16be08322f5a9acf DCO001 linux-kernel/sob@28e039c324f0','She signs in the next one.','2026-11-29T09:31:33Z','unsigned','','decision','{"Reviewer": "bo@example.org", "Time": "2026-11-29T09:31:33Z", "Previous": "92e8c7e21d481fd05095cf3ddd16556b5eb9c464", "Finding": "16be08322f5a9acf DCO001 linux-kernel/sob@28e039c324f0", "Series-Fingerprint": "sha256:6596ba1b4a57b3f5e903ee793646254f9dd1ffcf8c4178cf569444cc1daa6112", "Series": "v1 1/1", "Target-Carry": "sha256:c1a0769d5e34a019609c61a19ba7002fe62863ef5fb5419e323af978c7c045b4", "Target-Patch-Id": "86310f183625de1c7534fff4629c5fb133576bca", "Target-Content": "sha256:2836327e02c302dae14de80a4b18fc8f17f68e2ff39c848e390b78a7bb467391", "Target-Blob": "f06161f6c8f11e9118a078eaafd57dcb872390bb", "Target-Message": "nested@example.org", "Verdict": "waive", "Opinion": "1"}','86310f183625de1c7534fff4629c5fb133576bca','','refs/opinions/bo-example-org-bcab8abd/log',3);
CREATE TABLE series (id integer primary key, message_id text not null, subject text not null, title text not null,
       version integer not null, minor integer not null, rfc integer not null, resend integer not null, kind text not null,
       author_name text not null, author_email text not null, sender_name text not null, sender_email text not null,
       posted integer not null, activity integer not null, total integer not null, received integer not null,
       complete integer not null, cover integer not null, thread integer not null, topic text not null, previous text,
       change_id text, branch text not null, title_key text not null, fingerprint text not null, tools text not null, notes text not null,
       takes_over integer not null default 0, superseded integer not null default 0, inherits integer not null default 0,
       error integer not null default 0, warn integer not null default 0,
       ask integer not null default 0, info integer not null default 0, agree integer not null default 0,
       disagree integer not null default 0, unsure integer not null default 0, carried integer not null default 0,
       outdated integer not null default 0, untrusted integer not null default 0, excluded integer not null default 0,
       split integer not null default 0, asked integer not null default 0);
INSERT INTO "series" VALUES(1,'via@example.org','[PATCH] lib: one','lib: one',1,0,0,0,'patch','Ada Example via widgets','widgets@lists.example.org','Ada Example','ada@example.org',1764576060,1764576060,1,1,1,0,1,'via@example.org',NULL,NULL,'','lib one','ad94877bc2fee7eb423273e15eb057e57d0f237420aac9ec7101ba201af046f7','','[]',0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "series" VALUES(2,'latin@example.org','[PATCH] lib: two','lib: two',1,0,0,0,'patch','Ada Example','ada@example.org','Ada Example','ada@example.org',1764576120,1764576120,1,1,1,0,2,'latin@example.org',NULL,NULL,'','lib two','d613e2dc2e11a3b84053e196e3d4f73315139b7069eb477b33ea5c984f6e4f43','','[]',0,0,0,1,0,0,0,1,0,0,0,0,0,0,0,0);
INSERT INTO "series" VALUES(3,'nested@example.org','[[PATCH] 1/1] lib: three','[[PATCH] 1/1] lib: three',1,0,0,0,'patch','Ada Example','ada@example.org','Ada Example','ada@example.org',1764576180,1764576180,1,1,1,0,3,'nested@example.org',NULL,NULL,'','patch 1 1 lib three','6596ba1b4a57b3f5e903ee793646254f9dd1ffcf8c4178cf569444cc1daa6112','','[]',0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "series" VALUES(4,'sketch@example.org','the sum is wrong','the sum is wrong',1,0,0,0,'patch','Ada Example','ada@example.org','Ada Example','ada@example.org',1764576240,1764576240,1,1,1,0,4,'sketch@example.org',NULL,NULL,'','the sum is wrong','4bccf51f04043fe79f2c8167197d3178f8f6a62cdafec11d1482a1816d0ec13b','','[]',0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "series" VALUES(5,'again-0@example.org','[PATCH v2 0/2] lib: five and six','lib: five and six',2,0,0,0,'cover','Ada Example','ada@example.org','Ada Example','ada@example.org',1764576300,1764576420,2,2,1,1,5,'again-0@example.org',NULL,NULL,'','lib five and six','efecbb8bc23027b098b56a4c6327e4b9cfb3a10afadf156b6081f25cf695955c','','[]',0,1,0,1,0,0,0,1,0,0,0,0,0,0,0,0);
INSERT INTO "series" VALUES(6,'again-00@example.org','[PATCH v2 0/2] lib: five and six','lib: five and six',2,0,0,0,'cover','Ada Example','ada@example.org','Ada Example','ada@example.org',1764576480,1764576480,2,0,0,1,6,'again-0@example.org','again-0@example.org',NULL,'','lib five and six','0cb89136dc06c005c1452e22fa09ef57043132da243471efbb1daba75bd924bc','','[]',0,0,0,0,0,0,0,0,0,0,0,2,0,0,0,0);
CREATE TABLE series_list (list integer not null references list(id), series integer not null references series(id),
       primary key (list, series)) without rowid;
INSERT INTO "series_list" VALUES(1,1);
INSERT INTO "series_list" VALUES(1,2);
INSERT INTO "series_list" VALUES(1,3);
INSERT INTO "series_list" VALUES(1,4);
INSERT INTO "series_list" VALUES(1,5);
INSERT INTO "series_list" VALUES(1,6);
CREATE TABLE standing (series integer not null references series(id), log text not null, commit_id text not null,
       finding text not null, message_id text not null, state text not null, why text not null, primary key (series, log, commit_id),
       foreign key (log, commit_id) references opinion(log, commit_id)) without rowid;
INSERT INTO "standing" VALUES(1,'refs/opinions/bo-example-org-bcab8abd/log','9e5de0016bf2c0d6d28e21b5009685e858f001a9','575fb28ca731fe2d','via@example.org','counts','');
INSERT INTO "standing" VALUES(2,'refs/opinions/bo-example-org-bcab8abd/log','454fb7c590e7902977f15f19154b60ef7b40db91','','','counts','');
INSERT INTO "standing" VALUES(2,'refs/opinions/bo-example-org-bcab8abd/log','92e8c7e21d481fd05095cf3ddd16556b5eb9c464','9c0fc1203e13c5f2','latin@example.org','counts','');
INSERT INTO "standing" VALUES(3,'refs/opinions/bo-example-org-bcab8abd/log','c1950c8a4cb8012cad89a8f90522cb9c9f6a8a98','16be08322f5a9acf','nested@example.org','counts','');
INSERT INTO "standing" VALUES(4,'refs/opinions/bo-example-org-bcab8abd/log','a71ab21b50d1a576273275cea5f27d06d2327a56','8ddef6a5f9c16399','sketch@example.org','counts','');
INSERT INTO "standing" VALUES(5,'refs/opinions/bo-example-org-bcab8abd/log','047fc3cc249e770792676fcd0f4b613f2533a333','','','counts','');
INSERT INTO "standing" VALUES(5,'refs/opinions/bo-example-org-bcab8abd/log','233399dcb103d9170b2971e99cd12c3852084c3a','b49f545c087ae452','again-2@example.org','counts','');
INSERT INTO "standing" VALUES(6,'refs/opinions/bo-example-org-bcab8abd/log','047fc3cc249e770792676fcd0f4b613f2533a333','','','outdated','given on again-0@example.org, which has changed since');
INSERT INTO "standing" VALUES(6,'refs/opinions/bo-example-org-bcab8abd/log','233399dcb103d9170b2971e99cd12c3852084c3a','','','outdated','given on again-2@example.org, which has changed since');
CREATE TABLE thread (message_id text primary key, thread integer not null) without rowid;
INSERT INTO "thread" VALUES('again-00@example.org',6);
INSERT INTO "thread" VALUES('again-0@example.org',5);
INSERT INTO "thread" VALUES('again-1@example.org',5);
INSERT INTO "thread" VALUES('again-2@example.org',5);
INSERT INTO "thread" VALUES('latin@example.org',2);
INSERT INTO "thread" VALUES('nested@example.org',3);
INSERT INTO "thread" VALUES('sketch@example.org',4);
INSERT INTO "thread" VALUES('via@example.org',1);
CREATE TABLE unit (archive integer not null references archive(id), name text not null, cursor text not null default '',
       stamp text not null default '', entries integer not null default 0, parsed integer not null default 0,
       duplicate integer not null default 0, deleted integer not null default 0, quarantined integer not null default 0,
       primary key (archive, name));
INSERT INTO "unit" VALUES(1,'mails.mbox','813a7580bada12c8f07323fb340cfe86:2752+258:b4e4902b1c4bfaca05bef0e425f1f04d6aca0f72','3010.1795944665250545557',8,8,0,0,0);
CREATE TABLE unsettled (series integer primary key);
CREATE TABLE verified (commit_id text not null, keys text not null, signed text not null, trouble text not null,
       primary key (commit_id, keys)) without rowid;
INSERT INTO "verified" VALUES('047fc3cc249e770792676fcd0f4b613f2533a333','','unsigned','');
INSERT INTO "verified" VALUES('233399dcb103d9170b2971e99cd12c3852084c3a','','unsigned','');
INSERT INTO "verified" VALUES('454fb7c590e7902977f15f19154b60ef7b40db91','','unsigned','');
INSERT INTO "verified" VALUES('92e8c7e21d481fd05095cf3ddd16556b5eb9c464','','unsigned','');
INSERT INTO "verified" VALUES('9e5de0016bf2c0d6d28e21b5009685e858f001a9','','unsigned','');
INSERT INTO "verified" VALUES('a71ab21b50d1a576273275cea5f27d06d2327a56','','unsigned','');
INSERT INTO "verified" VALUES('c1950c8a4cb8012cad89a8f90522cb9c9f6a8a98','','unsigned','');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX entry_message on entry(message);
CREATE INDEX entry_unit on entry(archive, unit);
CREATE INDEX entry_odd on entry(outcome) where outcome in ('deleted', 'quarantined');
CREATE INDEX message_message_id on message(message_id);
CREATE INDEX message_thread on message(thread);
CREATE INDEX message_series on message(series);
CREATE INDEX message_patch_id on message(patch_id) where patch_id is not null;
CREATE INDEX message_title on message(title_key) where title_key != '';
CREATE INDEX message_obsoleted on message(id) where obsoleted_by != '';
CREATE INDEX message_target on message(target);
CREATE INDEX message_loose on message(sender_email, total, version, posted) where loose;
CREATE INDEX series_message_id on series(message_id);
CREATE INDEX series_activity on series(activity desc, id desc);
CREATE INDEX series_attention on series(superseded, (error > 0) desc, (warn > 0) desc, (ask > 0) desc, (info > 0) desc,
       activity desc, id desc);
CREATE INDEX series_flagged on series(activity desc, id desc) where error + warn + ask > 0;
CREATE INDEX series_author on series(author_email, posted);
CREATE INDEX series_sender on series(sender_email, posted);
CREATE INDEX series_title on series(title_key);
CREATE INDEX series_change_id on series(change_id) where change_id is not null;
CREATE INDEX series_topic on series(topic);
CREATE INDEX series_previous on series(previous) where previous is not null;
CREATE INDEX series_thread on series(thread);
CREATE INDEX series_fingerprint on series(fingerprint);
CREATE INDEX series_list_series on series_list(series);
CREATE INDEX link_series on link(series);
CREATE INDEX link_target on link(target);
CREATE INDEX finding_id on finding(id);
CREATE INDEX finding_code on finding(code);
CREATE INDEX finding_target on finding(target);
CREATE INDEX opinion_id on opinion(id);
CREATE INDEX opinion_log on opinion(log, seq);
CREATE INDEX opinion_target on opinion(target);
CREATE INDEX opinion_patch_id on opinion(patch_id) where patch_id != '';
CREATE INDEX opinion_replaces on opinion(replaces) where replaces != '';
CREATE INDEX opinion_message on opinion(target_message);
CREATE INDEX opinion_kind on opinion(kind);
CREATE INDEX opinion_commit on opinion(commit_id);
CREATE INDEX standing_record on standing(log, commit_id);
CREATE INDEX correction_mail_id on correction_mail(message_id);
CREATE VIEW patch_series as
       select s.id, s.subject, s.version, case when s.author_name = '' then s.author_email else s.author_name || ' <' || s.author_email || '>' end as author, datetime(s.posted, 'unixepoch') as posted,
       (select group_concat(name, ', ') from
         (select name from series_list l join list on list.id = l.list where l.series = s.id order by name)) as lists,
       s.received as patches, s.total as announced, s.error as errors, s.warn as warnings, s.ask as questions, s.info as notes,
       s.tools as declared_tools, s.agree, s.disagree, s.unsure, s.superseded, s.message_id, s.topic
       from series s order by s.posted desc;
CREATE VIEW patch_mail as
       select m.message_id, m.series, m.subject, m.kind, case when m.author_name = '' then m.author_email else m.author_name || ' <' || m.author_email || '>' end as author, datetime(m.posted, 'unixepoch') as posted,
       m.n, m.total,
       (select count(*) from json_each(m.trailers) t where t.value ->> 0 = 'Signed-off-by' and t.value ->> 3 = 'message') as signoffs,
       (select group_concat(f.value ->> 0, ' ') from json_each(m.files) f) as files
       from message m where m.kind in ('patch', 'reply-patch', 'pull') and m.gone = '' order by m.posted desc;
CREATE VIEW open_finding as
       select f.series, s.subject, f.code, f.name, f.severity, f.status, f.says, f.quote, f.message as message_id, f.line, f.exception,
       f.rule, f.pack, f.source, datetime(s.posted, 'unixepoch') as posted
       from finding f join series s on s.id = f.series where f.status in ('open', 'confirmed', 'disputed') and not s.superseded
       order by s.posted desc;
CREATE VIEW ai_evidence as
       select m.series, s.subject, e.value ->> 9 as says, e.value ->> 0 as class, e.value ->> 3 as role, e.value ->> '$[10][0]' as tool,
       e.value ->> 1 as said_by, e.value ->> 4 as quote, e.value ->> 11 as why, m.message_id, e.value ->> 6 as line,
       datetime(m.posted, 'unixepoch') as posted
       from message m join json_each(m.evidence) e left join series s on s.id = m.series where m.evidence != '[]' and m.gone = ''
       order by m.posted desc;
CREATE VIEW said_by_reviewers as
       select t.series, s.subject, case when o.reviewer_name = '' then o.reviewer_email else o.reviewer_name || ' <' || o.reviewer_email || '>' end as reviewer, o.kind, t.state, t.why, f.code, o.reason, o.time, o.signed,
       o.id as record
       from standing t join opinion o using (log, commit_id) join series s on s.id = t.series
       left join finding f on f.series = t.series and f.id = t.finding and t.finding != '' order by o.time desc;
CREATE VIEW series_a_week as
       select date(s.posted, 'unixepoch', 'weekday 0', '-6 days') as week, count(*) as series, sum(s.error + s.warn + s.ask > 0) as flagged,
       sum(s.tools != '') as declaring_ai from series s group by week order by week desc;
COMMIT;
