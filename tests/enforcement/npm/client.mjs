// AWS's SDK for JavaScript, called as its users call it, with lent credentials alone.
//
//     node client.mjs found|ini|process DO [WHAT …]
//
// The first word says how it comes to its credentials: as the SDK finds them by itself, by fromIni, or by fromProcess; always
// those of the profile that AWS_PROFILE names, with its region and endpoint.
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import {
  DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client,
} from "@aws-sdk/client-s3";
import { fromIni, fromProcess } from "@aws-sdk/credential-providers";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

const MiB = 1024 * 1024;
const [how, task, ...words] = process.argv.slice(2);
const credentials = { found: undefined, ini: fromIni(), process: fromProcess() }[how];
const s3 = new S3Client({ ...(credentials && { credentials }), maxAttempts: 1 });

const tasks = {
  async life(Bucket, Key) {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    await s3.send(new HeadObjectCommand({ Bucket, Key }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    if ((await Body.transformToString()) !== "x") throw new Error("another text came back");
    const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
    if (KeyCount !== 1) throw new Error("it is not listed");
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  },
  async upload(file, Bucket, Key, atOnce = "4") {
    const params = { Bucket, Key, Body: createReadStream(file) };
    await new Upload({ client: s3, params, partSize: 5 * MiB, queueSize: Number(atOnce) }).done();
  },
  async download(Bucket, Key, file) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    await pipeline(Body, createWriteStream(file));
  },
  async presign(Bucket, Key) {
    console.log(await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key })));
  },
};

try {
  await tasks[task](...words);
} catch (error) {
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
}
