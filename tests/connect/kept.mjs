// Reads a collection with Postman's own library, and prints the keys and values of the file that it did not keep.
import { readFileSync } from "node:fs";
import postman from "postman-collection";

const lost = (given, kept, where) => {
  if (typeof given !== "object") return given === kept ? [] : [where];
  if (typeof kept !== "object") return [where];
  return Object.keys(given).flatMap((key) => lost(given[key], kept[key], `${where}/${key}`));
};

const given = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(lost(given, new postman.Collection(given).toJSON(), "")));
