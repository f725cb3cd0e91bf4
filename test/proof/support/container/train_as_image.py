"""The entry point `train` of the image: the console script of sagemaker-containers."""

import image_patches  # noqa: F401
from sagemaker_containers.cli.train import main

if __name__ == "__main__":
    main()
