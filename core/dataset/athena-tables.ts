import type { ModelDefinition } from "../definition/schema.ts";
import type { DatasetManifest } from "../plans/dataset-plan.ts";
import { ROWS_VIEW, sqlColumn, sqlText } from "./profile-sql.ts";

/**
 * Athena statements that make a dataset version's parts, as they lie in the data bucket, readable as tables, and the view that
 * {@link profileQuery} reads. Partition projection names the dataset's batches, so nothing has to be crawled or loaded.
 *
 * Sources: https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html,
 * https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html, https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html
 *
 * @returns statements in the order in which they are to be run
 */
export function athenaStatements(definition: ModelDefinition, manifest: DatasetManifest, bucket: string): string[] {
  const features = Object.keys(definition.data.features);
  const prefix = definition.name.replaceAll("-", "_");
  const [training, heldOut] = [`${prefix}_training`, `${prefix}_held_out`];
  const batches = manifest.batches.join(",");
  const root = `s3://${bucket}/${manifest.model}/batches`;
  const columns = features.map((name, index) => `  ${sqlColumn(index)} string COMMENT ${sqlText(name)}`);
  const projection = (sides: string) => [
    "  'projection.enabled' = 'true',",
    "  'projection.batch.type' = 'enum',",
    `  'projection.batch.values' = ${sqlText(batches)},`,
    "  'projection.side.type' = 'enum',",
    `  'projection.side.values' = ${sqlText(sides)},`,
    `  'storage.location.template' = '${root}/\${batch}/\${side}/'`,
  ];
  const cells = features.map((_, index) => sqlColumn(index));
  const members = features.map((name, index) => `element_at(features, ${sqlText(name)}) AS ${sqlColumn(index)}`);
  return [
    [
      `CREATE EXTERNAL TABLE ${training} (`,
      [...columns, "  target string"].join(",\n"),
      ")",
      "PARTITIONED BY (batch string, side string)",
      "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'",
      `WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '"', 'escapeChar' = '\\\\')`,
      `LOCATION '${root}/'`,
      "TBLPROPERTIES (",
      "  'skip.header.line.count' = '1',",
      ...projection("train,validation"),
      ")",
    ].join("\n"),
    [
      `CREATE EXTERNAL TABLE ${heldOut} (id string, label string, features map<string,string>)`,
      "PARTITIONED BY (batch string, side string)",
      "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'",
      `LOCATION '${root}/'`,
      "TBLPROPERTIES (",
      ...projection("test"),
      ")",
    ].join("\n"),
    [
      `CREATE OR REPLACE VIEW ${ROWS_VIEW} AS`,
      `SELECT ${[...cells, "target"].join(", ")} FROM ${training}`,
      "UNION ALL",
      `SELECT ${[...members, "label AS target"].join(", ")} FROM ${heldOut}`,
    ].join("\n"),
  ];
}
