// Packages of npm, each asked for something that shows that its modules of Node.js work. It prints the same in Node.js.
import bcrypt from "bcryptjs";
import debug from "debug";
import EventEmitter3 from "eventemitter3";
import express from "express";
import { Hono } from "hono";
import iconv from "iconv-lite";
import jwt from "jsonwebtoken";
import _ from "lodash";
import ms from "ms";
import { nanoid } from "nanoid";
import pino from "pino";
import qs from "qs";
import streams from "readable-stream";
import semver from "semver";
import through2 from "through2";
import { v4, v5, validate } from "uuid";
import { z } from "zod";

console.log("bcryptjs", bcrypt.compareSync("x", bcrypt.hashSync("x", 4)));
console.log("debug", debug("a").enabled, typeof debug.humanize(1000));
const emitter = new EventEmitter3();
emitter.on("x", (v) => console.log("eventemitter3", v));
emitter.emit("x", 1);
const router = express.Router();
router.get("/users/:id", (req, res) => res.end("user " + req.params.id));
const app = express();
app.use("/api", router);
app.router.handle({ method: "GET", url: "/api/users/7", headers: {} }, { end: (text) => console.log("express", text) }, () => console.log("express: no route"));
const hono = new Hono();
hono.get("/h/:n", (c) => c.json({ n: c.req.param("n") }));
const response = await hono.request("/h/5");
console.log("hono", response.status, await response.text());
console.log("iconv-lite", iconv.encode("héllo", "win1252"), iconv.decode(Buffer.from([0x93, 0xfa]), "shift_jis"));
const token = jwt.sign({ user: 1, iat: 1 }, "secret");
console.log("jsonwebtoken", token, jwt.verify(token, "secret"));
try {
  jwt.verify(token, "other");
} catch (error) {
  console.log("jsonwebtoken", error.name, error.message);
}
console.log("lodash", _.chunk([1, 2, 3], 2), _.get({ a: [{ b: 1 }] }, "a[0].b"));
console.log("ms", ms("2 days"));
console.log("nanoid", nanoid().length);
pino({ timestamp: false, base: null }, { write: (line) => console.log("pino", line.trim()) }).info({ a: 1 }, "hi");
console.log("qs", qs.parse("a[b]=1&c=2"), qs.stringify({ a: { b: [1, 2] } }));
console.log("semver", semver.satisfies("1.2.3", "^1.0.0"));
console.log("uuid", validate(v4()), v5("x", v5.DNS));
console.log("zod", z.object({ a: z.string() }).safeParse({ a: 1 }).success);
const got = [];
await new Promise((resolve) => {
  streams.pipeline(
    streams.Readable.from(["a", "b"]),
    through2(function (chunk, _encoding, done) {
      this.push(String(chunk).toUpperCase());
      done();
    }),
    async function* (source) {
      for await (const chunk of source) got.push(String(chunk));
    },
    (error) => resolve(console.log("readable-stream and through2", error, got.join(""))),
  );
});
