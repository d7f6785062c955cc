// Blob and File cross to other contexts: https://w3c.github.io/FileAPI/#blob-section, "serialization steps".

import { registerCloneable } from "../clone/clone.ts";
import { Blob, File, blobChunks, blobOf, bytesOfBlob, fileOf, isBlob } from "./class.ts";

registerCloneable<File>("File", {
  is: (value) => isBlob(value) && value instanceof File,
  write: (file: File) => ({ bytes: bytesOfBlob(file), type: file.type, name: file.name, lastModified: file.lastModified }),
  read: (data: any) => fileOf(blobChunks(blobOf(data.bytes)), data.name, data.type, data.lastModified),
});

registerCloneable<Blob>("Blob", {
  is: (value) => isBlob(value) && !(value instanceof File),
  write: (blob: Blob) => ({ bytes: bytesOfBlob(blob), type: blob.type }),
  read: (data: any) => blobOf(data.bytes, data.type),
});
