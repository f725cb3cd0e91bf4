"""What SAGEMAKER_TRAINING_MODULE names in the image, in script mode: the toolkit runs the user's module.

The image's own module does the same call: sagemaker_xgboost_container/training.py in
https://github.com/aws/sagemaker-xgboost-container.
"""

from __future__ import annotations

from sagemaker_containers.beta import framework


def main() -> None:
    """Downloads, installs and runs the user's module."""
    job = framework.training_env()
    framework.modules.run_module(
        job.module_dir, job.to_cmd_args(), job.to_env_vars(), job.module_name, capture_error=False
    )
