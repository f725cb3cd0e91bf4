import { MlopsError } from "../errors/mlops-error.ts";

/** Version of the SageMaker XGBoost image: XGBoost 3.0.5, Python 3.10. */
export const XGBOOST_IMAGE_TAG = "3.0-5";

/**
 * Accounts that hold SageMaker's XGBoost image, by region.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html
 */
const XGBOOST_ACCOUNTS: Readonly<Record<string, string>> = {
  "us-east-1": "683313688378",
  "us-east-2": "257758044811",
  "us-west-1": "746614075791",
  "us-west-2": "246618743249",
  "ca-central-1": "341280168497",
  "ca-west-1": "190319476487",
  "sa-east-1": "737474898029",
  "eu-west-1": "141502667606",
  "eu-west-2": "764974769150",
  "eu-west-3": "659782779980",
  "eu-central-1": "492215442770",
  "eu-central-2": "680994064768",
  "eu-north-1": "662702820516",
  "eu-south-1": "978288397137",
  "eu-south-2": "104374241257",
  "af-south-1": "510948584623",
  "me-south-1": "801668240914",
  "me-central-1": "272398656194",
  "il-central-1": "898809789911",
  "ap-south-1": "720646828776",
  "ap-south-2": "628508329040",
  "ap-east-1": "651117190479",
  "ap-northeast-1": "354813040037",
  "ap-northeast-2": "366743142698",
  "ap-northeast-3": "867004704886",
  "ap-southeast-1": "121021644041",
  "ap-southeast-2": "783357654285",
  "ap-southeast-3": "951798379941",
  "ap-southeast-4": "106583098589",
  "cn-north-1": "450853457545",
  "cn-northwest-1": "451049120500",
  "us-gov-west-1": "414596584902",
  "us-gov-east-1": "237065988967",
};

/**
 * URI of the XGBoost image of a region, for example
 * `683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5`.
 *
 * @throws MlopsError `input.invalid` for a region that has no image
 */
export function xgboostImage(region: string): string {
  const account = XGBOOST_ACCOUNTS[region];
  if (account === undefined) {
    throw new MlopsError(
      "input.invalid",
      `SageMaker's XGBoost image is not published in region ${region}; deploy to one of: ${Object.keys(XGBOOST_ACCOUNTS).sort().join(", ")}`,
    );
  }
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return `${account}.dkr.ecr.${region}.${suffix}/sagemaker-xgboost:${XGBOOST_IMAGE_TAG}`;
}
