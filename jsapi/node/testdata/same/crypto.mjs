import c from "crypto"; import { Buffer } from "buffer";
for (const h of ["md5","sha1","sha256","sha512","sha3-256","sha224","sha384"]) console.log(h, c.createHash(h).update("a").update(Buffer.from("b")).digest("hex"), c.createHmac(h, "key").update("abc").digest("base64"));
console.log(c.createHmac("sha256", "k".repeat(100)).update("é").digest("base64url"));
console.log(c.pbkdf2Sync("p","s",1000,20,"sha512").toString("hex"), c.scryptSync("p","s",32).toString("hex"), Buffer.from(c.hkdfSync("sha256","k","s","i",16)).toString("hex"));
c.scrypt("p","s",16,(e,k)=>console.log("scrypt",e,k)); 
console.log(c.randomBytes(8).length, /^[0-9a-f]{8}-[0-9a-f]{4}-4/.test(c.randomUUID()), c.randomInt(5) < 5, c.timingSafeEqual(Buffer.from("a"), Buffer.from("a")));
const ci = c.createCipheriv("aes-256-gcm", Buffer.alloc(32,1), Buffer.alloc(12,2)); let x = ci.update("hello","utf8","hex") + ci.final("hex"); console.log(x, ci.getAuthTag().toString("hex"));
const cb = c.createCipheriv("aes-128-cbc", Buffer.alloc(16,1), Buffer.alloc(16,2)); x = cb.update("hello","utf8","hex") + cb.final("hex"); console.log(x);
const de = c.createDecipheriv("aes-128-cbc", Buffer.alloc(16,1), Buffer.alloc(16,2)); console.log(de.update(x,"hex","utf8") + de.final("utf8"));

try { c.createHash("nope"); } catch (e) { console.log(e.message) }
