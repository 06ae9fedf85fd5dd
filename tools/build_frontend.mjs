// Bundles what the browser runs into yiyang/kernel/static/kernel/build/. Run by `npm run build`.
import { build } from "esbuild";

await build({
  entryPoints: {
    yiyang: "yiyang/kernel/frontend/main.js",
    charts: "yiyang/kernel/frontend/charts.js",
    bedside: "yiyang/assessments/frontend/bedside.js",
    bedside_worker: "yiyang/assessments/frontend/worker.js",
  },
  outdir: "yiyang/kernel/static/kernel/build",
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome80", "firefox78", "safari14.1"],
  legalComments: "eof",
  logLevel: "info",
});
