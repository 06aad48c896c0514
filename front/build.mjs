// Bundles static/css/app.css and static/js/app.js into static/dist/, and copies static/img/ there, under names that
// hold a hash of the content so that browsers may keep them for a year. asset() reads static/dist/manifest.json.
import { context } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, parse, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "static", "dist");

async function pictures() {
  const names = {};
  for (const file of (await readdir(join(root, "static", "img"))).sort()) {
    const content = await readFile(join(root, "static", "img", file));
    const { name, ext } = parse(file);
    names[file] = `${name}-${createHash("sha256").update(content).digest("hex").slice(0, 8)}${ext}`;
    await writeFile(join(dist, names[file]), content);
  }
  return names;
}

const manifest = {
  name: "manifest",
  setup(build) {
    build.onEnd(async ({ metafile }) => {
      if (!metafile) return;
      const names = await pictures();
      for (const [file, { entryPoint }] of Object.entries(metafile.outputs)) {
        if (entryPoint) names[basename(entryPoint)] = relative(dist, join(root, file));
      }
      await writeFile(join(dist, "manifest.json"), `${JSON.stringify(names, null, 2)}\n`);
    });
  },
};

const builder = await context({
  absWorkingDir: root,
  entryPoints: ["static/css/app.css", "static/js/app.js"],
  outdir: dist,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  sourcemap: false,
  metafile: true,
  format: "iife",
  target: ["chrome111", "firefox115", "safari16.4"],
  loader: { ".woff2": "file", ".svg": "file" },
  logLevel: "warning",
  plugins: [manifest],
});

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
if (process.argv.includes("--watch")) {
  await builder.watch();
} else {
  await builder.rebuild();
  await builder.dispose();
}
