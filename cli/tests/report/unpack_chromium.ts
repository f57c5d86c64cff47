// Unpacks Chromium with its libraries and fonts into TMPDIR, and prints its
// path. A program of its own, since the package leaves what it unpacks where the
// process has its temporary files, and sets variables of the environment.
import sparticuz from "@sparticuz/chromium";

console.log(await sparticuz.executablePath());
