"""Runs a training script as script mode does: environment, arguments and module call of sagemaker-containers 2.8.6."""

from __future__ import annotations

import itertools
import json
import os
import runpy
import sys
import traceback
from typing import Any

# Hyperparameters with this prefix configure the toolkit and are not passed to the script.
_TOOLKIT_PREFIX = "sagemaker_"
# Those that are no "framework parameters":
# https://github.com/aws/sagemaker-containers/blob/v2.8.6.post2/src/sagemaker_containers/_params.py
_TOOLKIT_PARAMETERS = (
    "sagemaker_program",
    "sagemaker_submit_directory",
    "sagemaker_enable_cloudwatch_metrics",
    "sagemaker_container_log_level",
    "sagemaker_job_name",
    "sagemaker_region",
    "sagemaker_s3_output",
    "default_user_module_name",
    "_tuning_objective_metric",
)


def run(assignment: dict[str, Any]) -> None:
    """Runs the script of the job whose tree is `base`, and ends the process with its exit code."""
    base = assignment["base"]
    hyperparameters = _decoded(_read_json(base, "hyperparameters.json"))
    toolkit = {name: value for name, value in hyperparameters.items() if _is_toolkit(name)}
    script = {name: value for name, value in hyperparameters.items() if name not in toolkit}
    program = str(toolkit["sagemaker_program"])
    module = program[:-3] if program.endswith(".py") else program
    arguments = command_line(script)
    code = os.path.join(base, "code")
    os.environ.update(_environment(base, toolkit, script, program, module, arguments))
    os.environ["PYTHONPATH"] = code
    os.chdir(code)
    sys.path.insert(0, code)
    sys.argv = [module, *arguments]
    _exit(_run_module(module), base, [sys.executable, "-m", module, *arguments])


def _run_module(module: str) -> int:
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if end.code is None:
            return 0
        if isinstance(end.code, int):
            return end.code
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _exit(code: int, base: str, command: list[str]) -> None:
    failure = os.path.join(base, "output", "failure")
    # The toolkit overwrites what the script has written there: _trainer.py and _files.py of sagemaker-containers 2.8.6.
    if code != 0:
        with open(failure, "w", encoding="utf-8") as file:
            file.write(f'ExecuteUserScriptError:\nCommand "{" ".join(command)}"')
    sys.stdout.flush()
    sys.stderr.flush()
    # Exit at once: tearing down the libraries takes longer than a small training, and nothing is left to write.
    os._exit(code & 0xFF)


def _is_toolkit(name: str) -> bool:
    return name.startswith(_TOOLKIT_PREFIX) or name in _TOOLKIT_PARAMETERS


def _read_json(base: str, name: str) -> dict[str, Any]:
    with open(os.path.join(base, "input", "config", name), encoding="utf-8") as file:
        return dict(json.load(file))


def _decoded(hyperparameters: dict[str, str]) -> dict[str, Any]:
    decoded: dict[str, Any] = {}
    for name, text in hyperparameters.items():
        try:
            decoded[name] = json.loads(text)
        except ValueError:
            decoded[name] = text
    return decoded


def command_line(hyperparameters: dict[str, Any]) -> list[str]:
    """Arguments sorted by name; a JSON object becomes `k=v,k=v`, as in the toolkit."""

    def text(value: Any) -> str:
        if isinstance(value, dict):
            return ",".join(f"{key}={item}" for key, item in sorted(value.items()))
        return "" if value is None else str(value)

    pairs = (
        (f"--{name}" if len(name) > 1 else f"-{name}", text(hyperparameters[name])) for name in sorted(hyperparameters)
    )
    return list(itertools.chain.from_iterable(pairs))


def _environment(
    base: str, toolkit: dict[str, Any], script: dict[str, Any], program: str, module: str, arguments: list[str]
) -> dict[str, str]:
    resources = _read_json(base, "resourceconfig.json")
    inputs = _read_json(base, "inputdataconfig.json")
    output = os.path.join(base, "output")
    values: dict[str, Any] = {
        "hosts": resources["hosts"],
        "network_interface_name": resources.get("network_interface_name", "eth0"),
        "hps": script,
        "user_entry_point": program,
        "framework_params": {k: v for k, v in toolkit.items() if k not in _TOOLKIT_PARAMETERS},
        "resource_config": resources,
        "input_data_config": inputs,
        "output_data_dir": os.path.join(output, "data"),
        "channels": sorted(inputs),
        "current_host": resources["current_host"],
        "module_name": module,
        "log_level": toolkit.get("sagemaker_container_log_level", 20),
        "framework_module": "sagemaker_xgboost_container.training:main",
        "input_dir": os.path.join(base, "input"),
        "input_config_dir": os.path.join(base, "input", "config"),
        "output_dir": output,
        "num_cpus": os.cpu_count() or 1,
        "num_gpus": 0,
        "model_dir": os.path.join(base, "model"),
        "module_dir": str(toolkit.get("sagemaker_submit_directory", os.path.join(base, "code"))),
        "user_args": arguments,
        "output_intermediate_dir": os.path.join(output, "intermediate"),
    }
    values["training_env"] = dict(values)
    values |= {f"channel_{name}": os.path.join(base, "input", "data", name) for name in inputs}
    values |= {f"hp_{name}": value for name, value in script.items()}
    return {f"SM_{name.upper()}": _environment_value(value) for name, value in values.items()}


def _environment_value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
