import { systemFiles } from "../disk/file_operations.ts";
import { absolutePath } from "../disk/path.ts";
import { replaceFile } from "../disk/replace_file.ts";
import { storageFailure } from "../disk/storage_failure.ts";
import { encodeCsv } from "../formats/csv/csv_encoder.ts";
import { gzipStream } from "../formats/gzip_stream.ts";
import {
  requireBoolean,
  requireOneOf,
  requireOptions,
} from "../model/options.ts";
import { csvExport } from "../record/csv_export.ts";

csvExport.write = async (columns, path, options) => {
  requireOptions(options);
  const { compression, defuseFormulas = false } = options;
  requireOneOf("compression", compression, ["gzip", undefined]);
  requireBoolean("defuseFormulas", defuseFormulas);
  const target = absolutePath(path);
  if (columns.length === 0) {
    throw new RangeError("There are no measurements to export");
  }
  const chunks = encodeCsv(columns, { defuseFormulas });
  try {
    await replaceFile(
      target,
      compression === "gzip" ? gzipStream(chunks) : chunks,
      systemFiles(),
    );
  } catch (error) {
    throw storageFailure(error, {
      action: "export measurements",
      path: target,
    });
  }
};
